import spin from "./spin.ts";

/** The same with an hour to do it in, so that only its silence gives it away. */
export default { ...spin, title: "Spin for an hour", timeout: "1h" as const };
