/** The usual way to show a job: React and TanStack Query, which polls its JSON every 3 s. */
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { createElement as h } from "react";
import { createRoot } from "react-dom/client";

const pollMs = 3_000;
const id = location.pathname.split("/").at(-1);

async function read() {
  const answer = await fetch(`/api/jobs/${id}`);
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

function Job() {
  const { data: job } = useQuery({ queryKey: ["job", id], queryFn: read, refetchInterval: pollMs });
  if (!job) return h("p", null, "Loading…");
  return h(
    "section",
    { className: "panel card running" },
    h("p", { className: "state" }, h("span", { className: "mark running" }, job.status)),
    h(
      "div",
      { id: `tick-${job.id}` },
      h("progress", { "aria-label": "Progress", max: 100, value: job.progress_pct }),
      h("b", null, `${job.progress_pct} %`),
      h("i", null, `about ${job.eta} s left`),
      h("p", null, `${job.done} of ${job.total} rows · ${job.progress_message}`),
    ),
    h("p", { className: "times" }, `Created ${job.created_at}, started ${job.started_at}`),
    h("button", { type: "button", className: "btn" }, "Cancel"),
  );
}

function Page() {
  return h(
    "main",
    { id: "main" },
    h("p", { className: "crumb" }, h("a", { href: "/jobs" }, "Jobs")),
    h("div", { className: "head" }, h("h1", null, "Import contacts")),
    h(Job),
  );
}

const client = new QueryClient();
createRoot(document.getElementById("root")).render(h(QueryClientProvider, { client }, h(Page)));
