export { makeDirectory } from './make-directory.ts'
export { openPartFile, type PartFile } from './part-file.ts'
export { readFileIfThere } from './read-if-there.ts'
export { replaceFile, replaceFileSync, syncDirectory } from './replace-file.ts'
