import { connect } from 'node:net'

/** What a server says to exactly these bytes, until it closes the connection or `done` has seen enough. */
export function rawRequest(
  url: string,
  bytes: string | Buffer,
  done: (response: string) => boolean = () => false,
  limitMs = 30_000,
): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let response = ''
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(bytes))
    const timer = setTimeout(() => finish(new Error(`No end after ${limitMs} ms: ${response}`)), limitMs)
    const finish = (error?: Error) => {
      clearTimeout(timer)
      socket.destroy()
      if (error) reject(error)
      else resolve(response)
    }
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      response += chunk
      if (done(response)) finish()
    })
    socket.on('close', () => finish())
    socket.on('error', () => finish())
  })
}
