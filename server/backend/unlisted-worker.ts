/** A claim was refused, because its worker was declared lost: it has no row in `workers`. */
export class UnlistedWorker extends Error {
  override name = "UnlistedWorker";

  constructor(workerId: string) {
    super(`The worker ${workerId} is not listed`);
  }
}
