// SPDX-License-Identifier: Apache-2.0
// `aclc lsp` as a child process, and every message that it writes, as it wrote it. No library in between: what a library
// would forgive is what the tests look for.
import {spawn} from 'node:child_process';

const SEPARATOR = Buffer.from('\r\n\r\n');

export class Server {
  /** @param {string} aclc path of the program
   *  @param {(method: string, params: any) => any} answer what the client says to requests of the server */
  constructor(aclc, answer = () => null) {
    this.answer = answer;
    this.faults = [];    // what is no frame, or no message
    this.outgoing = [];  // {kind: 'result' | 'error' | 'request' | 'notification', method, body}
    this.listeners = new Set();
    this.waiting = new Map();
    this.next = 1;
    this.buffer = Buffer.alloc(0);
    this.child = spawn(aclc, ['lsp'], {stdio: ['pipe', 'pipe', 'inherit']});
    this.child.stdout.on('data', (chunk) => this.#take(chunk));
    this.exit = new Promise((done) => this.child.on('close', (code) => {
      if (this.buffer.length) this.faults.push(`after the last message: ${this.buffer.toString('latin1').slice(0, 200)}`);
      for (const {fail} of this.waiting.values()) fail(new Error('the server ended'));
      done(code);
    }));
  }

  #take(chunk) {
    this.buffer = Buffer.concat([this.buffer, chunk]);
    for (;;) {
      const end = this.buffer.indexOf(SEPARATOR);
      if (end < 0) return;
      const header = this.buffer.subarray(0, end).toString('latin1');
      const length = /^Content-Length: (\d+)$/.exec(header);
      if (!length) {
        this.faults.push(`header: ${JSON.stringify(header.slice(0, 200))}`);
        this.child.kill();
        return;
      }
      const from = end + SEPARATOR.length;
      const to = from + Number(length[1]);
      if (this.buffer.length < to) return;
      const body = this.buffer.subarray(from, to);
      this.buffer = this.buffer.subarray(to);
      this.#message(body);
    }
  }

  #message(body) {
    let message;
    try {
      message = JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(body));
    } catch (e) {
      this.faults.push(`${e.message}: ${body.toString('latin1').slice(0, 200)}`);
      return;
    }
    if (message.jsonrpc !== '2.0') this.faults.push(`without jsonrpc 2.0: ${body.toString().slice(0, 200)}`);
    const known = new Set(['jsonrpc', 'id', 'method', 'params', 'result', 'error']);
    for (const key of Object.keys(message)) if (!known.has(key)) this.faults.push(`member ${key} in a message`);
    if (message.method === undefined) return this.#response(message);
    const kind = message.id === undefined ? 'notification' : 'request';
    this.#record({kind, method: message.method, body: message.params});
    if (kind === 'request') this.send({id: message.id, result: this.answer(message.method, message.params) ?? null});
  }

  #response(message) {
    const asked = this.waiting.get(message.id);
    if ((message.result === undefined) === (message.error === undefined))
      this.faults.push(`a response has a result or an error: ${JSON.stringify(message).slice(0, 200)}`);
    if (!asked && message.id !== null) this.faults.push(`answer to a request that nobody made: ${message.id}`);
    const kind = message.error ? 'error' : 'result';
    this.#record({kind, method: asked?.method, params: asked?.params, body: message.error ?? message.result});
    if (!asked) return;
    this.waiting.delete(message.id);
    asked.done(message.error ? {error: message.error} : {result: message.result});
  }

  #record(message) {
    this.outgoing.push(message);
    for (const listener of [...this.listeners]) listener(message);
  }

  send(message) {
    this.sendRaw(Buffer.from(JSON.stringify({jsonrpc: '2.0', ...message})));
  }
  sendRaw(body) {
    this.child.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.child.stdin.write(body);
  }
  notify(method, params) {
    this.send({method, params});
  }
  /** Resolves to {result} or {error}. */
  request(method, params) {
    const id = this.next++;
    return new Promise((done, fail) => {
      this.waiting.set(id, {method, params, done, fail});
      this.send({id, method, params});
    });
  }
  /** The next notification of that method for which `wanted` holds. */
  notification(method, wanted = () => true) {
    return new Promise((done) => {
      const listener = (message) => {
        if (message.kind !== 'notification' || message.method !== method || !wanted(message.body)) return;
        this.listeners.delete(listener);
        done(message.body);
      };
      this.listeners.add(listener);
    });
  }
  /** The exit status after an orderly end. */
  async stop() {
    await this.request('shutdown');
    this.notify('exit');
    return this.exit;
  }
}
