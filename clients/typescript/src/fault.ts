import { ErrorCode, type Error as WireError } from './generated/commonwatch/v1/error_pb.js';

/** Something that the hub refused or that broke: what, where, what next. */
export class Fault extends Error {
  /** Of the hub's catalogue; UNSPECIFIED where the hub was not heard. */
  readonly code: ErrorCode;
  /** The same may succeed later. */
  readonly retryable: boolean;
  /** 0: no advice. */
  readonly retryAfterMs: number;

  constructor(message: string, code = ErrorCode.UNSPECIFIED, retryable = true, retryAfterMs = 0) {
    super(message);
    this.name = 'Fault';
    this.code = code;
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
  }

  static of(error: WireError): Fault {
    return new Fault(error.message, error.code, error.retryable, error.retryAfterMs);
  }
}
