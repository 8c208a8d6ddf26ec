/** Runs on forms with choices that depend on each other, behind app.js. */
import "./job-form/local-datetimes.js";
import "./job-form/only-if.js";
import "./job-form/ordered-list.js";
