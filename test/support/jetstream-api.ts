import type { Bus } from '@airs-cp/bus'

/** What JetStream replies, however slow a loaded machine is: the client itself waits for one second. */
export async function jetStreamApi<Reply>(
  bus: Bus,
  subject: string,
  request: object = {},
  limitMs = 30_000,
): Promise<Reply> {
  const reply = await bus.request(`$JS.API.${subject}`, JSON.stringify(request), { timeout: limitMs })
  return reply.json<Reply>()
}
