import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { manifestName, proofName } from '@airs-cp/manifest'
import { removeExportFiles } from '../writing/write-export.ts'
import { exportFile } from './export-file.ts'
import type { ExportFiles } from './export-files.ts'
import { fileHeaders, fileMissing, proofHeaders } from './file-headers.ts'
import type { S3Storage } from './s3-storage.ts'
import { wantedRange } from './wanted-range.ts'

/** Workers write into the folder first, so that an interrupted export can go on; what is complete moves to the bucket. */
export function openFilesInBucket(directory: string, storage: S3Storage): ExportFiles {
  return {
    async keep(row, manifest, signal) {
      const path = exportFile(directory, row)
      const { bytes, sha256 } = manifest.files[0]!
      await storage.store(basename(path), { path, bytes, sha256 }, { signal })
      if (manifest.proof)
        await storage.store(manifest.proof.name, { path: proofName(path), ...manifest.proof }, { signal })
      await storage.storeText(manifestName(basename(path)), `${JSON.stringify(manifest, null, 2)}\n`)
      await removeExportFiles(path)
    },
    async send(row, request, response) {
      const headers = fileHeaders(row)
      const bytes = row.bytes!
      const range = wantedRange(request, bytes, headers.ETag!)
      const body = await storage.open(basename(exportFile(directory, row)), range)
      if (!body) throw fileMissing(row)
      const length = range ? range.last - range.first + 1 : bytes
      response.status(range ? 206 : 200).set({
        ...headers,
        'Accept-Ranges': 'bytes',
        'Content-Length': String(length),
        ...(range && { 'Content-Range': `bytes ${range.first}-${range.last}/${bytes}` }),
      })
      if (request.method === 'HEAD') {
        body.destroy()
        response.end()
        return
      }
      // Whichever side closes, the other is closed; headers are out, so that is all that anybody can be sent.
      await pipeline(body, response).catch(() => {})
    },
    async sendProof(row, proof, response) {
      const body = await storage.open(basename(proofName(exportFile(directory, row))))
      if (!body) throw fileMissing(row)
      response.set({ ...proofHeaders(row, proof), 'Content-Length': String(proof.bytes) })
      // As above.
      await pipeline(body, response).catch(() => {})
    },
    async remove(row) {
      const path = exportFile(directory, row)
      await removeExportFiles(path)
      const name = basename(path)
      await storage.remove([name, manifestName(name), proofName(name)])
    },
    close: storage.close,
  }
}
