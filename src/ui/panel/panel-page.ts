import { randomBytes } from 'node:crypto';
import { t } from '@vscode/l10n';
import { env, Uri, type Webview } from 'vscode';

/** The panel's page: nothing but our own script, style and font; texts come as messages. */
export function panelPage(webview: Webview, dist: Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const address = (file: string) => webview.asWebviewUri(Uri.joinPath(dist, file)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${env.language}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" href="${address('panel.css')}">
    <title>${t('Runsheet Progress')}</title>
  </head>
  <body>
    <div id="root"></div>
    <script nonce="${nonce}" src="${address('panel.js')}"></script>
  </body>
</html>`;
}
