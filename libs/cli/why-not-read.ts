/** Why a file cannot be read, as the end of a sentence. */
export function whyNotRead(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'ENOTDIR') return 'it is no folder'
  if (code === 'EACCES' || code === 'EPERM') return 'you may not read it'
  return message
}
