import { spawn } from 'node:child_process'
import { accessSync, constants, mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../infra/local/free-port.ts'
import { makeTemporaryDirectory } from './temporary-directory.ts'

/** How to get the server: it is on no package registry but Go's. */
export const s3Install = 'go install github.com/versity/versitygw/cmd/versitygw@v1.8.0'

export function findVersitygw(path = process.env.PATH ?? ''): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'versitygw'))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

export type TestS3 = Awaited<ReturnType<typeof startS3>>

/** A real S3-compatible server on a free port, which checks signatures, with one bucket. */
export async function startS3(binary: string) {
  const directory = makeTemporaryDirectory()
  const bucket = 'exports'
  const [data, sidecar] = ['data', 'sidecar'].map((name) => join(directory.path, name)) as [string, string]
  for (const folder of [join(data, bucket), sidecar]) mkdirSync(folder, { recursive: true })
  const port = await freePort()
  const credentials = { accessKeyId: 'test-access', secretAccessKey: 'test-secret-of-nobody' }
  const endpoint = `http://127.0.0.1:${port}`
  const serve = async () => {
    const server = spawn(
      binary,
      ['--port', `127.0.0.1:${port}`, '--region', 'us-east-1', 'posix', '--sidecar', sidecar, data],
      {
        env: {
          PATH: process.env.PATH,
          ROOT_ACCESS_KEY: credentials.accessKeyId,
          ROOT_SECRET_KEY: credentials.secretAccessKey,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    let said = ''
    for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (said += chunk))
    for (;;) {
      if (server.exitCode !== null) {
        directory.remove()
        throw new Error(`versitygw ended with ${server.exitCode}: ${said}`)
      }
      if (
        await fetch(endpoint).then(
          () => true,
          () => false,
        )
      )
        return server
      await pause(50)
    }
  }
  let server = await serve()
  const goAway = async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve))
    if (server.exitCode !== null) return
    server.kill('SIGTERM')
    await ended
  }
  return {
    endpoint,
    bucket,
    credentials,
    region: 'us-east-1',
    /** Cannot be reached until `comeBack`. */
    goAway,
    async comeBack() {
      server = await serve()
    },
    async stop() {
      await goAway()
      directory.remove()
    },
  }
}
