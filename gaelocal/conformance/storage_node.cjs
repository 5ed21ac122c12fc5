// 39 daily operations of the npm package @google-cloud/storage. Prints one JSON line per operation.
// Run with STORAGE_EMULATOR_HOST set, from a folder in which the package is installed.
'use strict';
const assert = require('assert');
const crypto = require('crypto');
const fs = require('fs');
const os = require('os');
const path = require('path');
const {createRequire} = require('module');
const {pipeline} = require('stream/promises');
const {Storage} = createRequire(path.join(process.cwd(), 'package.json'))('@google-cloud/storage');

const storage = new Storage({projectId: 'photo-timeline', keyFilename: process.env.GOOGLE_APPLICATION_CREDENTIALS, retryOptions: {maxRetries: 1}});
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'storage-node-'));
const suffix = crypto.randomBytes(4).toString('hex');
const bucket = storage.bucket(`node-${suffix}`);
const other = storage.bucket(`node-other-${suffix}`);
const large = crypto.randomBytes(6 * 1024 * 1024);
const text = async file => (await file.download())[0].toString();
const status = async promise => promise.then(() => 200, error => error.code);
const address = url => url.replace('https://storage.googleapis.com', process.env.STORAGE_EMULATOR_HOST);

const operations = {
  'create a bucket': async () => {
    await storage.createBucket(bucket.name, {location: 'EU', storageClass: 'STANDARD'});
    await storage.createBucket(other.name);
  },
  'read the metadata of a bucket': async () => assert.strictEqual((await bucket.getMetadata())[0].location, 'EU'),
  'tell whether a bucket exists': async () => {
    assert.deepStrictEqual(await bucket.exists(), [true]);
    assert.deepStrictEqual(await storage.bucket('no-such-bucket-here').exists(), [false]);
  },
  'list buckets': async () => assert((await storage.getBuckets())[0].some(one => one.name === bucket.name)),
  'save text': async () => bucket.file('a.txt').save('hello'),
  'save with metadata': async () => bucket.file('b.json').save('{}', {metadata: {contentType: 'application/json', cacheControl: 'max-age=60', metadata: {owner: 'ana'}}}),
  'save without a resumable session': async () => bucket.file('c.txt').save('simple', {resumable: false, validation: 'crc32c'}),
  'save in a resumable session': async () => bucket.file('large.bin').save(large, {resumable: true}),
  'save in a resumable session by chunks': async () => bucket.file('chunks.bin').save(large, {resumable: true, chunkSize: 1024 * 1024}),
  'upload a file': async () => {
    fs.writeFileSync(path.join(folder, 'up.txt'), 'from disk');
    await bucket.upload(path.join(folder, 'up.txt'), {destination: 'dir/up.txt'});
    assert.strictEqual(await text(bucket.file('dir/up.txt')), 'from disk');
  },
  'upload with gzip': async () => {
    fs.writeFileSync(path.join(folder, 'zip.txt'), 'words '.repeat(1000));
    await bucket.upload(path.join(folder, 'zip.txt'), {gzip: true});
    assert.strictEqual((await bucket.file('zip.txt').getMetadata())[0].contentEncoding, 'gzip');
    assert.strictEqual(await text(bucket.file('zip.txt')), 'words '.repeat(1000));
  },
  'write a stream': async () => pipeline(fs.createReadStream(path.join(folder, 'up.txt')), bucket.file('stream.txt').createWriteStream()),
  'download into memory': async () => assert.strictEqual(await text(bucket.file('a.txt')), 'hello'),
  'download a large object': async () => assert(large.equals((await bucket.file('large.bin').download())[0])),
  'download what was sent by chunks': async () => assert(large.equals((await bucket.file('chunks.bin').download())[0])),
  'download to a file': async () => {
    await bucket.file('a.txt').download({destination: path.join(folder, 'down.txt')});
    assert.strictEqual(fs.readFileSync(path.join(folder, 'down.txt'), 'utf8'), 'hello');
  },
  'read a range as a stream': async () => {
    const parts = [];
    for await (const part of bucket.file('a.txt').createReadStream({start: 1, end: 3})) parts.push(part);
    assert.strictEqual(Buffer.concat(parts).toString(), 'ell');
  },
  'read the metadata of an object': async () => {
    const [metadata] = await bucket.file('b.json').getMetadata();
    assert.deepStrictEqual([metadata.contentType, metadata.cacheControl, metadata.metadata], ['application/json', 'max-age=60', {owner: 'ana'}]);
  },
  'change the metadata of an object': async () => {
    await bucket.file('b.json').setMetadata({metadata: {owner: null, place: 'sea'}, contentLanguage: 'de'});
    const [metadata] = await bucket.file('b.json').getMetadata();
    assert.deepStrictEqual([metadata.metadata, metadata.contentLanguage], [{place: 'sea'}, 'de']);
  },
  'tell whether an object exists': async () => {
    assert.deepStrictEqual(await bucket.file('a.txt').exists(), [true]);
    assert.deepStrictEqual(await bucket.file('none').exists(), [false]);
  },
  'list objects': async () => assert.strictEqual((await bucket.getFiles())[0].length, 8),
  'list by prefix and delimiter': async () => {
    const [files, , reply] = await bucket.getFiles({delimiter: '/', autoPaginate: false});
    assert.deepStrictEqual(reply.prefixes, ['dir/']);
    assert(!files.some(file => file.name.startsWith('dir/')));
  },
  'list page by page': async () => {
    const [page, next] = await bucket.getFiles({maxResults: 3, autoPaginate: false});
    assert.strictEqual(page.length, 3);
    assert.strictEqual((await bucket.getFiles({...next, autoPaginate: false}))[0].length, 3);
  },
  'list by a glob': async () => assert.deepStrictEqual((await bucket.getFiles({matchGlob: '*.json'}))[0].map(file => file.name), ['b.json']),
  'copy an object': async () => {
    await bucket.file('a.txt').copy(other.file('copied.txt'));
    assert.strictEqual(await text(other.file('copied.txt')), 'hello');
  },
  'move an object': async () => {
    await bucket.file('c.txt').move('moved.txt');
    assert.deepStrictEqual([await status(bucket.file('c.txt').getMetadata()), await text(bucket.file('moved.txt'))], [404, 'simple']);
  },
  'rename an object at once': async () => {
    await bucket.file('moved.txt').moveFileAtomic('renamed.txt');
    assert.strictEqual(await text(bucket.file('renamed.txt')), 'simple');
  },
  'combine objects': async () => {
    await bucket.combine(['a.txt', 'renamed.txt'], 'combined.txt');
    assert.strictEqual(await text(bucket.file('combined.txt')), 'hellosimple');
  },
  'refuse a wrong precondition': async () => assert.strictEqual(await status(bucket.file('a.txt').save('x', {preconditionOpts: {ifGenerationMatch: 7}, resumable: false})), 412),
  'sign a URL for reading (version 4)': async () => {
    const [url] = await bucket.file('a.txt').getSignedUrl({version: 'v4', action: 'read', expires: Date.now() + 60000});
    assert.strictEqual(await (await fetch(address(url))).text(), 'hello');
  },
  'sign a URL for reading (version 2)': async () => {
    const [url] = await bucket.file('a.txt').getSignedUrl({version: 'v2', action: 'read', expires: Date.now() + 60000});
    assert.strictEqual(await (await fetch(address(url))).text(), 'hello');
  },
  'sign a URL for writing': async () => {
    const [url] = await bucket.file('signed.txt').getSignedUrl({version: 'v4', action: 'write', expires: Date.now() + 60000, contentType: 'text/plain'});
    assert.strictEqual((await fetch(address(url), {method: 'PUT', body: 'by URL', headers: {'Content-Type': 'text/plain'}})).status, 200);
    assert.strictEqual(await text(bucket.file('signed.txt')), 'by URL');
  },
  'sign a form': async () => {
    const [policy] = await bucket.file('form.txt').generateSignedPostPolicyV4({expires: Date.now() + 60000, fields: {'x-goog-meta-a': 'b'}});
    const form = new FormData();
    for (const [name, value] of Object.entries(policy.fields)) form.append(name, value);
    form.append('file', new Blob(['by form']));
    assert.strictEqual((await fetch(address(policy.url), {method: 'POST', body: form})).status, 204);
    assert.strictEqual(await text(bucket.file('form.txt')), 'by form');
  },
  'make an object public and private': async () => {
    const url = `${process.env.STORAGE_EMULATOR_HOST}/${bucket.name}/a.txt`;
    await bucket.file('a.txt').makePublic();
    const open = (await fetch(url)).status;
    await bucket.file('a.txt').makePrivate();
    assert.deepStrictEqual([open, (await fetch(url)).status], [200, 403]);
  },
  'change an access list': async () => {
    await bucket.acl.add({entity: 'allUsers', role: 'READER'});
    assert((await bucket.acl.get())[0].some(grant => grant.entity === 'allUsers'));
    await bucket.acl.delete({entity: 'allUsers'});
  },
  'read and write a policy': async () => {
    const [policy] = await bucket.iam.getPolicy({requestedPolicyVersion: 3});
    policy.bindings.push({role: 'roles/storage.objectViewer', members: ['user:ana@example.com']});
    await bucket.iam.setPolicy(policy);
    assert((await bucket.iam.getPolicy())[0].bindings.some(one => one.role === 'roles/storage.objectViewer'));
    assert.deepStrictEqual((await bucket.iam.testPermissions(['storage.objects.get']))[0], {'storage.objects.get': true});
  },
  'configure labels, CORS, lifecycle and versioning': async () => {
    await bucket.setLabels({team: 'photos'});
    await bucket.setCorsConfiguration([{origin: ['https://app.example'], method: ['PUT'], maxAgeSeconds: 60}]);
    await bucket.addLifecycleRule({action: {type: 'Delete'}, condition: {age: 365}});
    await bucket.setMetadata({versioning: {enabled: true}});
    const [metadata] = await bucket.getMetadata();
    assert.deepStrictEqual([metadata.labels.team, metadata.cors[0].method, metadata.lifecycle.rule.length, metadata.versioning.enabled], ['photos', ['PUT'], 1, true]);
  },
  'keep versions': async () => {
    await bucket.file('versioned').save('one', {resumable: false});
    await bucket.file('versioned').save('two', {resumable: false});
    const [files] = await bucket.getFiles({prefix: 'versioned', versions: true});
    assert.deepStrictEqual(await Promise.all(files.map(file => text(bucket.file('versioned', {generation: file.metadata.generation})))), ['one', 'two']);
  },
  'delete everything': async () => {
    await bucket.file('a.txt').delete();
    await bucket.setMetadata({versioning: {enabled: false}});
    await bucket.deleteFiles({versions: true});
    await other.deleteFiles();
    await bucket.delete();
    await other.delete();
    assert.deepStrictEqual(await bucket.exists(), [false]);
  },
};

(async () => {
  for (const [name, operation] of Object.entries(operations)) {
    const done = await operation().then(() => ({ok: true}), error => ({ok: false, error: String(error.message || error).slice(0, 300)}));
    console.log(JSON.stringify({name, ...done}));
  }
  fs.rmSync(folder, {recursive: true});
  process.exit(0);
})();
