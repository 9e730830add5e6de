import { element } from '../prompt/dom.ts'
import type { MethodModule } from './index.ts'

const svgNamespace = 'http://www.w3.org/2000/svg'
/** Light modules around the code, without which readers do not find it (ISO/IEC 18004, quiet zone). */
const quiet = 4

/** Rows of "0" and "1" as one path; always dark on light, whatever the theme, since many readers want it so. */
function drawQr(rows: readonly string[], label: string): SVGElement {
  const svg = document.createElementNS(svgNamespace, 'svg')
  const size = rows.length + 2 * quiet
  svg.setAttribute('viewBox', `0 0 ${size} ${size}`)
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', label)
  svg.setAttribute('shape-rendering', 'crispEdges')
  const path = document.createElementNS(svgNamespace, 'path')
  let data = ''
  rows.forEach((row, y) => {
    for (const dark of row.matchAll(/1+/g))
      data += `M${dark.index + quiet} ${y + quiet}h${dark[0].length}v1h-${dark[0].length}z`
  })
  path.setAttribute('d', data)
  path.setAttribute('fill', '#000')
  svg.append(path)
  return svg
}

/** Groups of four are easier to type; authenticator apps ignore the spaces. */
const grouped = (secret: string): string => secret.replaceAll(/(.{4})(?=.)/g, '$1 ')

/** Codes from an authenticator app. */
export const totp: MethodModule<'totp'> = {
  async answer(ceremony, panel) {
    const { digits } = await ceremony.start()
    panel.add(panel.texts.totpAbout)
    panel.askCode(digits, (code) => ceremony.verify({ code }))
  },
  async enroll(ceremony, panel) {
    const { qr, secret, digits } = await ceremony.start()
    const { texts } = panel
    panel.add(
      texts.totpScan,
      drawQr(qr, texts.totpQr),
      element('p', {}, texts.totpSecret, element('br'), element('code', {}, grouped(secret))),
    )
    panel.askCode(digits, (code) => ceremony.verify({ code }))
  },
}
