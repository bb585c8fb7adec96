import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const usualFolders = [
  process.platform === 'darwin' ? '/opt/homebrew/bin' : '/usr/sbin',
  '/usr/local/bin',
  '/usr/local/sbin',
]

/** Path of nats-server, looked for on the PATH and where package managers put it. */
export function findNatsServer(path = process.env.PATH || '') {
  const folders = path.split(delimiter).concat(usualFolders)
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'nats-server'))
    .find(isExecutable)
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch (_) {
    return false
  }
}
