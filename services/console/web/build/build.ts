import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fingerprint } from './fingerprint.ts'

const root = join(import.meta.dirname, '..')
const built = join(root, 'dist')

/** Builds the web application unless what is built is of these sources. The new files take the place of the old ones at once. */
export async function buildWeb(): Promise<'built' | 'current'> {
  const sources = fingerprint()
  if (readMarker() === sources) return 'current'
  const { build } = await import('vite')
  const { viteConfig } = await import('./vite-config.ts')
  const next = join(root, `dist.next-${process.pid}`)
  try {
    await build({ ...viteConfig(root), build: { ...viteConfig(root).build, outDir: next } })
    writeFileSync(join(next, 'built.json'), JSON.stringify({ sources }))
    mkdirSync(root, { recursive: true })
    const last = `${built}.last-${process.pid}`
    if (existsSync(built)) renameSync(built, last)
    renameSync(next, built)
    rmSync(last, { recursive: true, force: true })
  } finally {
    rmSync(next, { recursive: true, force: true })
  }
  return 'built'
}

function readMarker(): string | undefined {
  try {
    return (JSON.parse(readFileSync(join(built, 'built.json'), 'utf8')) as { sources: string }).sources
  } catch {
    return undefined
  }
}
