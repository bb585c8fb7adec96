import { JournalUnavailableError, type UnavailableReason } from './errors.ts'

const reasons: Record<string, UnavailableReason> = {
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  EROFS: 'read-only',
  EACCES: 'read-only',
  EPERM: 'read-only',
}

/** What an error of the file system means for whoever appends. */
export function unavailable(error: unknown, directory: string): JournalUnavailableError {
  if (error instanceof JournalUnavailableError) return error
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const message = error instanceof Error ? error.message : String(error)
  return new JournalUnavailableError(
    reasons[code] ?? 'io-error',
    `Journal in ${directory} cannot be written: ${message}`,
    { cause: error },
  )
}
