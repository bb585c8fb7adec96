/** Codes of errors of files and of Postgres that an operator can do something about. */
const cures: Record<string, (place: string) => string> = {
  ENOSPC: (place) => `no space is left for ${place}. Make room there`,
  EDQUOT: (place) => `the quota for ${place} is used up. Make room there`,
  EROFS: (place) => `${place} is on a read-only file system. Make it writable`,
  EACCES: (place) => `the audit service may not use ${place}. Give its user access`,
  EPERM: (place) => `the audit service may not use ${place}. Give its user access`,
  EISDIR: (place) => `${place} is a folder where a file is expected. Restore the file`,
  '53100': () => 'Postgres has no space left. Make room on its disk',
}

/** What went wrong, what to do about it, and that the log goes on afterwards. */
export function describeTrouble(error: Error): string {
  const { code = '', path, message } = error as NodeJS.ErrnoException
  const cure = Object.hasOwn(cures, code) ? cures[code] : undefined
  return cure
    ? `${cure(path ?? 'the files of the log')}; the log then goes on by itself. Events are recorded meanwhile, and get their leaves later`
    : message
}
