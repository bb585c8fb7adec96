import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const known = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** A Chromium of this machine (`AIRS_CHROMIUM` names another); Debian's is installed where we may. */
export function findChromium(): string {
  const find = () => [process.env.AIRS_CHROMIUM, ...known].find((path) => path && existsSync(path))
  const found = find()
  if (found) return found
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.error('Installing Chromium (apt-get install chromium) ...')
    const env = { DEBIAN_FRONTEND: 'noninteractive', ...process.env }
    execFileSync('apt-get', ['install', '-y', '-qq', 'chromium'], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const installed = find()
    if (installed) return installed
  }
  throw new Error(
    'There is no Chromium: install it (apt-get install chromium), or set AIRS_CHROMIUM to its path',
  )
}
