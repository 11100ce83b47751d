/** Ends the command: 1 where it could not be done, 2 where it was asked for in a wrong way. */
export class Failure extends Error {
  readonly exitCode: 1 | 2;

  constructor(exitCode: 1 | 2, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
