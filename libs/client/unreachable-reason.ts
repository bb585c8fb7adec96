const reasons: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host name could not be looked up',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to its network',
  ETIMEDOUT: 'no response in time',
  HPE_INVALID_CONSTANT: 'the server there does not speak HTTP',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the server there does not speak TLS; is it http:// instead of https://?',
}

/** Why a request found nobody, in words; `localhost` fails once per address, as an AggregateError. */
export function unreachableReason(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  return (code !== undefined && reasons[code]) || message || code || 'unknown reason'
}
