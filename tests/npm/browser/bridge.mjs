// SPDX-License-Identifier: Apache-2.0
// Serves the page and Monaco on localhost, and joins each WebSocket to an `aclc lsp` of its own.
import {spawn} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import {extname, join, normalize} from 'node:path';
import {fileURLToPath} from 'node:url';
import {WebSocketServer} from 'ws';

const here = fileURLToPath(new URL('.', import.meta.url));
const monaco = fileURLToPath(new URL('../node_modules/monaco-editor/min', import.meta.url));
const TYPES = {'.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf'};

/** A message a frame on the socket, `Content-Length` on the pipe. */
function join_socket(socket, aclc, log) {
  const child = spawn(aclc, ['lsp'], {stdio: ['pipe', 'pipe', 'inherit']});
  let buffer = Buffer.alloc(0);
  socket.on('message', (data) => {
    log.push({from: 'client', ...JSON.parse(data)});
    child.stdin.write(`Content-Length: ${data.length}\r\n\r\n`);
    child.stdin.write(data);
  });
  socket.on('close', () => child.stdin.end());
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const end = buffer.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/.exec(buffer.subarray(0, end))[1]);
      if (buffer.length < end + 4 + length) return;
      const body = buffer.subarray(end + 4, end + 4 + length).toString();
      log.push({from: 'server', ...JSON.parse(body)});
      socket.send(body);
      buffer = buffer.subarray(end + 4 + length);
    }
  });
}

/** Resolves to {url, log, close}; `log` grows by every message of either side. */
export async function serve(aclc) {
  const log = [];
  const http = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
    const file = path.startsWith('/vs/') ? join(monaco, path) : join(here, path === '/' ? 'page.html' : path);
    try {
      const body = await readFile(file);
      response.writeHead(200, {'content-type': TYPES[extname(file)] ?? 'application/octet-stream'}).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  const sockets = new WebSocketServer({server: http});
  sockets.on('connection', (socket) => join_socket(socket, aclc, log));
  await new Promise((done) => http.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${http.address().port}/`,
    log,
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
      http.closeAllConnections();
      http.close();
    },
  };
}
