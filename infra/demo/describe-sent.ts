import type { Sent } from './send-session.ts'

/** The summary of a demo. Fewer exchanges than planned are sent where an app gives up its session. */
export function describeSent(
  sent: readonly Sent[],
  { planned, seconds }: { planned: number; seconds: number },
): string {
  const count = (is: (one: Sent) => boolean) => sent.filter(is).length
  const left = planned - sent.length
  return [
    `Sent ${left > 0 ? `${sent.length} of ${planned}` : sent.length} exchanges in ${seconds.toFixed(1)} s:`,
    `  ${count(({ status, end }) => status === 200 && end === 'whole')} responses`,
    `  ${count(({ decision }) => decision === 'redact')} with something redacted on the way`,
    `  ${count(({ status }) => status === 403)} refused by a policy or by quarantine`,
    `  ${count(({ status }) => status === 429 || status >= 500)} errors of the provider`,
    `  ${count(({ end }) => end !== 'whole')} that broke off, or whose client left`,
    ...(left > 0 ? [`  ${left} not sent: after refusals or a failed call an app gave up its session`] : []),
  ].join('\n')
}
