import pg from 'pg'

const int8 = 20

/** bigint and count() as numbers: every one of ours stays below 2^53. */
export const parsers = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === int8 && format !== 'binary') return Number
    return pg.types.getTypeParser(oid, format as 'text')
  },
} as pg.CustomTypesConfig
