import { resolve } from 'node:path'
import { exportFile } from './export-file.ts'
import type { ExportFiles } from './export-files.ts'
import { fileHeaders, fileMissing } from './file-headers.ts'
import { removeExportFiles } from './write-export.ts'

export function openFilesInFolder(directory: string): ExportFiles {
  return {
    async keep(_row, _manifest, signal) {
      signal.throwIfAborted()
    },
    async send(row, _request, response) {
      response.set(fileHeaders(row))
      await new Promise<void>((done, fail) =>
        response.sendFile(
          resolve(exportFile(directory, row)),
          { dotfiles: 'allow', etag: false },
          (error) => {
            if (!error || response.headersSent) done()
            else fail((error as NodeJS.ErrnoException).code === 'ENOENT' ? fileMissing(row) : error)
          },
        ),
      )
    },
    remove: (row) => removeExportFiles(exportFile(directory, row)),
    close() {},
  }
}
