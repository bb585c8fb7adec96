/** What went over the wire in one call. */
export type WireCall = {
  exchange: string
  session: string
  status: number
  sent: string | undefined
  received: Promise<Buffer>
}

/** A `fetch` that keeps the exact bytes of every request and answer, for comparing them with what was recorded. */
export function createRecordingFetch(): { fetch: typeof fetch; calls: WireCall[] } {
  const calls: WireCall[] = []
  return {
    calls,
    fetch: async (input, init) => {
      const response = await fetch(input, init)
      const [forClient, forUs] = response.body ? response.body.tee() : [null, null]
      const received = forUs ? readAll(forUs) : Promise.resolve(Buffer.alloc(0))
      received.catch(() => {})
      calls.push({
        exchange: response.headers.get('x-airs-exchange-id') ?? '',
        session: response.headers.get('x-session-id') ?? '',
        status: response.status,
        sent: init?.body as string | undefined,
        received,
      })
      return new Response(forClient, response)
    },
  }
}

async function readAll(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}
