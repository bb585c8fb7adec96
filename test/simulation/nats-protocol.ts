/** What a client of NATS sends. */
export type ClientCommand =
  | { kind: 'connect' | 'ping' | 'pong' }
  | { kind: 'subscribe'; subject: string; id: string }
  | { kind: 'unsubscribe'; id: string }
  | {
      kind: 'publish'
      subject: string
      reply: string | undefined
      headers: Buffer | undefined
      payload: Buffer
    }

/** Reads the client's side of the protocol of NATS, however its bytes are cut. */
export function createCommandReader(onCommand: (command: ClientCommand) => void): (bytes: Buffer) => void {
  let held: Buffer = Buffer.alloc(0)
  return (bytes) => {
    held = Buffer.concat([held, bytes])
    for (;;) {
      const end = held.indexOf('\r\n')
      if (end < 0) return
      const [word = '', ...parts] = held.toString('latin1', 0, end).split(' ').filter(Boolean)
      const verb = word.toUpperCase()
      let next = end + 2
      if (verb === 'PUB' || verb === 'HPUB') {
        const total = Number(parts.at(-1))
        if (held.length < next + total + 2) return
        const headerLength = verb === 'HPUB' ? Number(parts.at(-2)) : 0
        const subject = parts[0]!
        const reply = parts.length > (verb === 'HPUB' ? 3 : 2) ? parts[1] : undefined
        const headers = headerLength > 0 ? held.subarray(next, next + headerLength) : undefined
        const payload = held.subarray(next + headerLength, next + total)
        next += total + 2
        held = held.subarray(next)
        onCommand({ kind: 'publish', subject, reply, headers, payload })
        continue
      }
      held = held.subarray(next)
      if (verb === 'CONNECT') onCommand({ kind: 'connect' })
      else if (verb === 'PING') onCommand({ kind: 'ping' })
      else if (verb === 'PONG') onCommand({ kind: 'pong' })
      else if (verb === 'SUB') onCommand({ kind: 'subscribe', subject: parts[0]!, id: parts.at(-1)! })
      else if (verb === 'UNSUB') onCommand({ kind: 'unsubscribe', id: parts[0]! })
      else throw new Error(`The simulated NATS server does not know ${verb}`)
    }
  }
}

export type Outgoing = {
  subject: string
  reply?: string | undefined
  /** As on the wire, from `NATS/1.0` on. */
  headers?: Buffer | undefined
  payload: Uint8Array
}

export function encodeMessage({ subject, reply, headers, payload }: Outgoing, id: string): Buffer {
  const names = [subject, id, ...(reply ? [reply] : [])].join(' ')
  const head = headers
    ? `HMSG ${names} ${headers.length} ${headers.length + payload.length}\r\n`
    : `MSG ${names} ${payload.length}\r\n`
  return Buffer.concat([
    Buffer.from(head, 'latin1'),
    headers ?? Buffer.alloc(0),
    payload,
    Buffer.from('\r\n'),
  ])
}

export function encodeHeaders(status: string, fields: Record<string, string | number> = {}): Buffer {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`NATS/1.0${status && ` ${status}`}\r\n${lines.join('')}\r\n`)
}

export function headerValue(headers: Buffer | undefined, name: string): string | undefined {
  return new RegExp(`^${name}: *(.*)\r$`, 'im').exec(headers?.toString('latin1') ?? '')?.[1]
}

/** `*` stands for a token and `>` for all that follow. */
export function matches(pattern: string, subject: string): boolean {
  if (pattern === subject) return true
  const [wanted, given] = [pattern.split('.'), subject.split('.')]
  for (const [at, token] of wanted.entries()) {
    if (token === '>') return given.length > at
    if (at >= given.length || (token !== '*' && token !== given[at])) return false
  }
  return wanted.length === given.length
}
