import { connect } from 'node:net'

/** What a server says to exactly these bytes, until it closes the connection or `done` has seen enough. */
export function rawRequest(
  url: string,
  bytes: string | Buffer,
  done: (answer: string) => boolean = () => false,
  limitMs = 30_000,
): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(bytes))
    const timer = setTimeout(() => finish(new Error(`No end after ${limitMs} ms: ${answer}`)), limitMs)
    const finish = (error?: Error) => {
      clearTimeout(timer)
      socket.destroy()
      if (error) reject(error)
      else resolve(answer)
    }
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      answer += chunk
      if (done(answer)) finish()
    })
    socket.on('close', () => finish())
    socket.on('error', () => finish())
  })
}
