import { makeTemporaryDirectory } from './temporary-directory.ts'

/** Settings of a transparency log with files of its own, which `remove()` removes. */
export function logSettings() {
  const { path, remove } = makeTemporaryDirectory()
  return {
    log: {
      directory: path,
      origin: undefined,
      withMlDsa: false,
      witnessPolicyFile: undefined,
      anchors: { file: undefined, url: undefined, everyMs: 1_000, bucket: undefined },
    },
    remove,
  }
}
