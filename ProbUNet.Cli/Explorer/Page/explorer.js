// The page: which image is looked at, and a view of each network.
import { getJson, postPng } from './api.js';
import { RunView } from './run.js';

const find = id => document.getElementById(id);
const [alertLine, noteLine, live, chooser, main] = ['alert', 'note', 'live', 'image', 'runs'].map(find);
let views = [];
let limits;

function fail(error) {
    alertLine.textContent = error.message;
    alertLine.hidden = false;
}

function note(sentence) {
    noteLine.textContent = sentence ?? '';
    noteLine.hidden = !sentence;
}

function say(words) {
    live.textContent = words;
}

async function picture(id) {
    const image = new Image();
    image.src = `/api/images/${id}/picture`;
    await image.decode();
    return image;
}

async function open(id) {
    alertLine.hidden = true;
    main.setAttribute('aria-busy', 'true');
    try {
        const [image, pixels] = await Promise.all([getJson(`/api/images/${id}`), picture(id)]);
        await Promise.all(views.map(view => view.open(image, pixels).catch(fail)));
    } catch (error) {
        fail(error);
    } finally {
        main.setAttribute('aria-busy', 'false');
    }
}

async function upload(file) {
    alertLine.hidden = true;
    note();
    try {
        if (file.size > limits.largestUpload)
            throw new Error(`The image: it has more than the ${limits.largestUpload >> 20} MB that are taken; save it smaller.`);
        const { id, note: said } = await postPng('/api/images', file);
        const option = new Option(file.name, id, true, true);   // its name is shown here and sent nowhere
        chooser.append(option);
        chooser.value = id;
        note(said);
        await open(id);
    } catch (error) {
        fail(error);
    }
}

function step(by) {
    const { length } = chooser.options;
    if (length === 0)
        return;
    chooser.selectedIndex = (chooser.selectedIndex + by + length) % length;
    note();
    open(chooser.value);
}

function listenForFiles() {
    find('file').addEventListener('change', event => {
        if (event.target.files.length > 0)
            upload(event.target.files[0]);
        event.target.value = '';
    });
    document.addEventListener('dragover', event => {
        event.preventDefault();
        document.body.classList.add('dropping');
    });
    document.addEventListener('dragleave', event => event.relatedTarget ?? document.body.classList.remove('dropping'));
    document.addEventListener('drop', event => {
        event.preventDefault();
        document.body.classList.remove('dropping');
        if (event.dataTransfer.files.length > 0)
            upload(event.dataTransfer.files[0]);
    });
}

async function begin() {
    const about = limits = await getJson('/api/explorer');
    const size = `${about.height}×${about.width}`;
    find('data').textContent = `${about.data}, ${about.count > about.images.length ? `the first ${about.images.length} of ${about.count}` : about.count} test image${about.count === 1 ? '' : 's'}, ${size}`;
    document.title = `${about.runs.map(run => run.name).join(' and ')}: ProbUNet explorer`;
    chooser.append(...about.images.map(({ id, name }) => new Option(name, id)));
    main.classList.toggle('two', about.runs.length > 1);
    views = about.runs.map((run, i) => new RunView(main, i, run, { width: about.width, height: about.height }, about.classes, say, fail));
    chooser.addEventListener('change', () => { note(); open(chooser.value); });
    find('previous').addEventListener('click', () => step(-1));
    find('next').addEventListener('click', () => step(1));
    find('choose').addEventListener('submit', event => event.preventDefault());
    listenForFiles();
    if (about.chosen) {
        chooser.value = about.chosen;
        await open(about.chosen);
    } else {
        note('The data have no test images: open a PNG.');
        main.setAttribute('aria-busy', 'false');
    }
}

begin().catch(fail);
