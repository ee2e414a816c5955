// Asks the server; a refusal is an error whose message is the server's sentence.

const patience = 5;   // times that a busy server is asked again

export class Refusal extends Error {
    constructor(status, sentence) {
        super(sentence);
        this.status = status;
    }
}

async function ask(path, options) {
    for (let attempt = 0; ; attempt++) {
        let response;
        try {
            response = await fetch(path, options);
        } catch {
            throw new Refusal(0, 'The explorer does not answer; is it still running?');
        }
        if (response.ok)
            return response;
        if (response.status === 503 && attempt < patience) {
            await new Promise(done => setTimeout(done, 1000 * Number(response.headers.get('Retry-After') ?? 1)));
            continue;
        }
        const problem = await response.json().catch(() => null);
        throw new Refusal(response.status, problem?.detail ?? `The explorer answered ${response.status}.`);
    }
}

export const getJson = async path => (await ask(path)).json();

const posted = (path, body) => ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

export const postJson = async (path, body) => (await posted(path, body)).json();

/** Bytes, and how many milliseconds the server took. */
export async function postForBytes(path, body) {
    const response = await posted(path, body);
    const timing = /dur=([0-9.]+)/.exec(response.headers.get('Server-Timing') ?? '');
    return { bytes: new Uint8Array(await response.arrayBuffer()), milliseconds: timing ? Number(timing[1]) : null };
}

export const postPng = async (path, file) => (await ask(path, { method: 'POST', headers: { 'Content-Type': 'image/png' }, body: file })).json();

/** Sends the newest question alone: one is under way at a time, and those that were overtaken meanwhile are never asked. */
export class Newest {
    #send;
    #next = null;
    #isBusy = false;

    constructor(send) {
        this.#send = send;
    }

    async ask(question) {
        this.#next = { question };
        if (this.#isBusy)
            return;
        this.#isBusy = true;
        try {
            while (this.#next) {
                const { question: current } = this.#next;
                this.#next = null;
                await this.#send(current);
            }
        } finally {
            this.#isBusy = false;
        }
    }
}

/** Bytes from the text in which JSON has them. */
export const bytesOf = text => Uint8Array.from(atob(text), character => character.charCodeAt(0));
