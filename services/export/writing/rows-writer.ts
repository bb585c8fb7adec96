import { createHash } from 'node:crypto'
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'

export type RowsWriterInput = { file: string; keepBytes: number }

export type ToRowsWriter =
  | { kind: 'write'; block: ArrayBuffer; bytes: number }
  | { kind: 'sync' }
  | { kind: 'close' }

export type FromRowsWriter =
  | { kind: 'written'; block: ArrayBuffer }
  | { kind: 'synced'; sha256: string }
  | { kind: 'failed'; message: string; code: string | undefined }

const port = parentPort
if (!port) throw new Error('rows-writer.ts is the entry of a worker thread; call openRowsFile instead')

const { file, keepBytes } = workerData as RowsWriterInput
const hash = createHash('sha256')
const fd = openSync(file, keepBytes > 0 ? 'r+' : 'w', 0o600)
keep()
let position = keepBytes

port.on('message', (message: ToRowsWriter) => {
  try {
    if (message.kind === 'write') {
      write(Buffer.from(message.block, 0, message.bytes))
      port.postMessage({ kind: 'written', block: message.block } satisfies FromRowsWriter, [message.block])
    } else if (message.kind === 'sync') {
      fdatasyncSync(fd)
      port.postMessage({ kind: 'synced', sha256: hash.copy().digest('hex') } satisfies FromRowsWriter)
    } else {
      closeSync(fd)
      port.close()
    }
  } catch (error) {
    const { message: text, code } = error as NodeJS.ErrnoException
    port.postMessage({ kind: 'failed', message: text, code } satisfies FromRowsWriter)
  }
})

function write(bytes: Buffer): void {
  hash.update(bytes)
  for (let done = 0; done < bytes.length; ) {
    const written = writeSync(fd, bytes, done, bytes.length - done, position)
    done += written
    position += written
  }
}

/** Of an interrupted attempt: its first bytes are digested, what is behind them goes. */
function keep(): void {
  const { size } = fstatSync(fd)
  if (size < keepBytes) throw new Error(`${file} has ${size} bytes, and ${keepBytes} were written`)
  if (size > keepBytes) ftruncateSync(fd, keepBytes)
  const block = Buffer.allocUnsafeSlow(1024 * 1024)
  for (let at = 0; at < keepBytes; ) {
    const read = readSync(fd, block, 0, Math.min(block.length, keepBytes - at), at)
    hash.update(block.subarray(0, read))
    at += read
  }
}
