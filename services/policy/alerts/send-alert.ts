import { createHmac } from 'node:crypto'

const timeoutMs = 10_000

/**
 * Posts an alert, signed as Standard Webhooks has it: HMAC-SHA256 over id, time in seconds and body.
 * @param key undefined: the receiver knows us by its address or by a key in the body, and it is not signed.
 * @param stopping breaks it off.
 * @throws when it does not arrive, or the receiver does not respond with 2xx. A redirect is not followed.
 */
export async function sendAlert(
  url: string,
  key: Buffer | undefined,
  { id, body }: { id: string; body: string },
  stopping?: AbortSignal,
  nowMs = Date.now(),
): Promise<void> {
  const timestamp = String(Math.floor(nowMs / 1_000))
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(stopping ? [stopping] : [])]),
    headers: {
      'content-type': 'application/json',
      'user-agent': 'AIRS-CP',
      ...(key && {
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signature(key, id, timestamp, body),
      }),
    },
    body,
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`the receiver responded with status ${response.status}`)
}

export function signature(key: Buffer, id: string, timestamp: string, body: string): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}
