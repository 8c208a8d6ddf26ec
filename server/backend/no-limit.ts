/** A job of this priority or a lower one does not wait for the limit of its account. */
export const noLimitFrom = -1_000;
