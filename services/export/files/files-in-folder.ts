import { resolve } from 'node:path'
import { proofName } from '@airs-cp/manifest'
import type { Response } from 'express'
import type { ExportRow } from '../exports.ts'
import { removeExportFiles } from '../writing/write-export.ts'
import { exportFile } from './export-file.ts'
import type { ExportFiles } from './export-files.ts'
import { fileHeaders, fileMissing, proofHeaders } from './file-headers.ts'

export function openFilesInFolder(directory: string): ExportFiles {
  return {
    async keep(_row, _manifest, signal) {
      signal.throwIfAborted()
    },
    async send(row, _request, response) {
      response.set(fileHeaders(row))
      await sendFile(row, exportFile(directory, row), response)
    },
    async sendProof(row, proof, response) {
      response.set(proofHeaders(row, proof))
      await sendFile(row, proofName(exportFile(directory, row)), response)
    },
    remove: (row) => removeExportFiles(exportFile(directory, row)),
    close() {},
  }
}

function sendFile(row: ExportRow, path: string, response: Response): Promise<void> {
  return new Promise((done, fail) =>
    response.sendFile(resolve(path), { dotfiles: 'allow', etag: false }, (error) => {
      if (!error || response.headersSent) done()
      else fail((error as NodeJS.ErrnoException).code === 'ENOENT' ? fileMissing(row) : error)
    }),
  )
}
