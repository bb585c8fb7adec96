import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

export type WebFile = { type: string; body: Buffer; gzipped: Buffer }

const types: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/**
 * The files of the built web application, in memory. They are read when they are first asked for, and again when a new build
 * has taken the place of the old one; undefined while there is none.
 */
export function createWebFiles(directory: string) {
  const marker = join(directory, 'built.json')
  let version = ''
  let files: { index: string; assets: Map<string, WebFile> } | undefined
  return () => {
    const found = statSync(marker, { throwIfNoEntry: false })
    const now = found ? `${found.ino} ${found.mtimeMs}` : ''
    if (now !== version) {
      version = now
      files = found ? read(directory) : undefined
    }
    return files
  }
}

function read(directory: string) {
  const assets = new Map(
    readdirSync(join(directory, 'assets')).map((name) => {
      const body = readFileSync(join(directory, 'assets', name))
      return [
        `/assets/${name}`,
        { type: types[extname(name)] ?? 'application/octet-stream', body, gzipped: gzipSync(body) },
      ] as const
    }),
  )
  return { index: readFileSync(join(directory, 'index.html'), 'utf8'), assets }
}
