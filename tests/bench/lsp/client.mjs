// SPDX-License-Identifier: Apache-2.0
// A client without dependencies that measures: wall time of each answer, the server's CPU time and memory from /proc.
import {spawn} from 'node:child_process';
import {readFileSync, readdirSync} from 'node:fs';

export class Client {
  constructor(name, command, args, options = {}) {
    this.name = name;
    this.child = spawn(command, args, {stdio: ['pipe', 'pipe', 'ignore'], ...options});
    this.chunks = [];
    this.size = 0;
    this.need = -1;
    this.waiting = new Map();
    this.listeners = [];
    this.id = 0;
    this.version = 1;
    this.child.stdout.on('data', chunk => this.take(chunk));
  }

  take(chunk) {
    this.chunks.push(chunk);
    this.size += chunk.length;
    if (this.need >= 0 && this.size < this.need) return;
    let buffer = Buffer.concat(this.chunks);
    while (true) {
      const head = buffer.indexOf('\r\n\r\n');
      if (head < 0) break;
      const length = Number(/Content-Length: (\d+)/i.exec(buffer.toString('latin1', 0, head))[1]);
      if (buffer.length < head + 4 + length) {
        this.need = head + 4 + length;
        break;
      }
      const body = buffer.subarray(head + 4, head + 4 + length);
      buffer = buffer.subarray(head + 4 + length);
      this.need = -1;
      this.receive(body, performance.now());
    }
    this.chunks = [buffer];
    this.size = buffer.length;
  }

  receive(body, at) {
    // Answers are kept as bytes until somebody looks: parsing megabytes here would be counted as the server's time.
    const start = body.toString('latin1', 0, 200);
    const method = /"method"\s*:\s*"([^"]+)"/.exec(start);
    if (!method) {
      const message = JSON.parse(body);
      const waiting = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      waiting?.({at, bytes: body.length, ...message});
      return;
    }
    const message = JSON.parse(body);
    if (message.id !== undefined) {
      this.send({id: message.id, result: method[1] === 'workspace/configuration' ? message.params.items.map(() => null) : null});
    }
    this.listeners = this.listeners.filter(listener => !listener(message, at));
  }

  send(message) {
    const body = Buffer.from(JSON.stringify({jsonrpc: '2.0', ...message}));
    this.child.stdin.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
  }
  notify(method, params) {
    this.send({method, params});
  }
  request(method, params) {
    const id = ++this.id;
    return new Promise(resolve => {
      this.waiting.set(id, resolve);
      this.send({id, method, params});
    });
  }
  /// Resolves with the first notification or request of the server that the test takes.
  heard(test) {
    return new Promise(resolve => {
      this.listeners.push((message, at) => {
        if (!test(message)) return false;
        resolve({at, params: message.params});
        return true;
      });
    });
  }
  published(uri, version) {
    return this.heard(m => m.method === 'textDocument/publishDiagnostics' && m.params.uri === uri && (m.params.version ?? version) >= version);
  }

  open(uri, languageId, text) {
    this.version = 1;
    this.notify('textDocument/didOpen', {textDocument: {uri, languageId, version: 1, text}});
  }
  change(uri, range, text) {
    this.notify('textDocument/didChange', {textDocument: {uri, version: ++this.version}, contentChanges: [{range, text}]});
  }

  /// Milliseconds of CPU so far, all threads.
  cpu() {
    let total = 0;
    for (const task of readdirSync(`/proc/${this.child.pid}/task`))
      total += Number(readFileSync(`/proc/${this.child.pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
    return total;
  }
  /// Megabytes: {now, peak}.
  memory() {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    const field = name => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1024;
    return {now: field('VmRSS'), peak: field('VmHWM')};
  }

  async end() {
    const gone = new Promise(resolve => this.child.on('exit', resolve));
    await this.request('shutdown', null);
    this.notify('exit', null);
    return gone;
  }
}
