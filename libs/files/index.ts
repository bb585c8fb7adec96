export { replaceFile, replaceFileSync, syncDirectory } from './replace-file.ts'
