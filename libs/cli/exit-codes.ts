/** What the exit code of `airs` says. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  notPermitted: 4,
  notReady: 5,
  interrupted: 130,
  readerGone: 141,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

export const exitCodesHelp = `
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 AIRS-CP cannot be reached, 4 not permitted,
5 not ready, 130 interrupted, 141 the reader closed the output`
