import { describe, expect, it } from 'vitest'
import { openApiDocument } from './openapi.ts'
import { specs } from './routes/specs/index.ts'

describe('the OpenAPI document', () => {
  it('is the committed one; `pnpm vitest run packages/server/src/openapi.test.ts -u` writes it anew', async () => {
    const text = `${JSON.stringify(await openApiDocument(), null, 2)}\n`
    await expect(text).toMatchFileSnapshot('../../../docs/openapi.json')
  })
  it('has every route with its answer and its problems', async () => {
    const { paths } = await openApiDocument()
    for (const [operationId, spec] of Object.entries(specs)) {
      const path = spec.path.replace(/:([a-z]+)/g, '{$1}')
      expect(paths).toHaveProperty([path, spec.method.toLowerCase(), 'operationId'], operationId)
    }
  })
})
