export { makeDirectory } from './make-directory.ts'
export { readFileIfThere } from './read-if-there.ts'
export { replaceFile, replaceFileSync, syncDirectory } from './replace-file.ts'
