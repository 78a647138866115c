"""A tiny study of pictures with coloured shapes in them, written as COCO's JSON and PNG files."""

import json

import numpy as np
from PIL import Image, ImageDraw

from helpers.data import dataset, preparation

CLASSES = ("circle", "square", "triangle")  # in natural order
COLOURS = {"circle": (200, 40, 40), "square": (40, 60, 210), "triangle": (30, 160, 60)}
SIDE = 96
SOURCE = {"coco": {"annotations": "shapes/instances.json", "images": "shapes/images"}}
SPLIT = {"test": 0.4, "validation": 0.2, "seed": 42}


def picture(shapes, side=SIDE, seed=0):
    """Draw shapes, (class, x, y, width, height) in pixels, on a noisy ground: uint8 [S, S, 3]."""
    ground = np.random.default_rng(seed).integers(150, 250, (6, 6, 3), dtype=np.uint8)
    image = Image.fromarray(ground).resize((side, side), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for name, x, y, width, height in shapes:
        right, bottom = x + width - 1, y + height - 1
        if name == "circle":
            draw.ellipse((x, y, right, bottom), fill=COLOURS[name])
        elif name == "square":
            draw.rectangle((x, y, right, bottom), fill=COLOURS[name])
        else:
            draw.polygon([(x, bottom), (right, bottom), ((x + right) / 2, y)], fill=COLOURS[name])
    return np.asarray(image)


def made_shapes(images=30, side=SIDE, seed=0):
    """Choose the shapes of each picture, none on another; every tenth picture has none."""
    random = np.random.default_rng(seed)
    corners = [(x, y) for x in (0, side // 2) for y in (0, side // 2)]
    every = []
    for number in range(images):
        places = random.permutation(4)[: 0 if number % 10 == 9 else random.integers(1, 4)]
        shapes = []
        for place in places:
            width, height = (int(each) for each in random.integers(side // 6, side // 2 - 4, 2))
            x = corners[place][0] + int(random.integers(0, side // 2 - width))
            y = corners[place][1] + int(random.integers(0, side // 2 - height))
            shapes.append((CLASSES[random.integers(0, 3)], x, y, width, height))
        every.append(shapes)
    return every


def write_coco(folder, every, side=SIDE, seed=0):
    """Write pictures and instances.json, categories numbered 3, 6, 9; return the JSON's content."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    content = {"images": [], "annotations": [], "categories": []}
    content["categories"] = [{"id": 3 * n + 3, "name": name} for n, name in enumerate(CLASSES)]
    for number, shapes in enumerate(every):
        name = f"shapes{number:03d}.png"
        Image.fromarray(picture(shapes, side, seed + number)).save(folder / "images" / name)
        content["images"].append(
            {"id": 100 + number, "file_name": name, "width": side, "height": side}
        )
        for label, *box in shapes:
            content["annotations"].append(
                {
                    "id": len(content["annotations"]) + 1,
                    "image_id": 100 + number,
                    "category_id": 3 * CLASSES.index(label) + 3,
                    "bbox": box,
                    "area": box[2] * box[3],
                    "iscrowd": 0,
                    "segmentation": [],
                }
            )
    (folder / "instances.json").write_text(json.dumps(content))
    return content


def prepared_shapes(repository, images=30, split=SPLIT, slices=(), seed=0):
    """Write the shapes into a repository and prepare them, without a study on disk."""
    write_coco(repository / "shapes", made_shapes(images, seed=seed), seed=seed)
    return preparation.prepare(SOURCE, split, "object-detection", slices=slices)


def detection_study(repository, study="shapes", images=30, split=SPLIT, slices=(), seed=0):
    """Prepare and save a study of shapes; return it as later stages open it."""
    prepared = prepared_shapes(repository, images, split, slices, seed)
    preparation.save(study, prepared, SOURCE, split)
    return dataset.open(study)


def write_voc(folder, every, side=SIDE, seed=0):
    """Write the same as VOC does: pixels from 1, both ends included; the lists of two splits."""
    for name in ("Annotations", "JPEGImages", "ImageSets/Main"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    lists = {"train": [], "test": []}
    for number, shapes in enumerate(every):
        name = f"shapes{number:03d}"
        Image.fromarray(picture(shapes, side, seed + number)).save(
            folder / "JPEGImages" / f"{name}.png"
        )
        objects = "".join(
            f"<object><name>{label}</name><difficult>0</difficult><bndbox><xmin>{x + 1}</xmin>"
            f"<ymin>{y + 1}</ymin><xmax>{x + width}</xmax><ymax>{y + height}</ymax>"
            "</bndbox></object>"
            for label, x, y, width, height in shapes
        )
        size = f"<size><width>{side}</width><height>{side}</height><depth>3</depth></size>"
        (folder / f"Annotations/{name}.xml").write_text(
            f"<annotation><filename>{name}.png</filename>{size}{objects}</annotation>"
        )
        lists["train" if number % 3 else "test"].append(name)
    for split, names in lists.items():
        (folder / f"ImageSets/Main/{split}.txt").write_text("\n".join(names) + "\n")


def write_yolo(folder, every, side=SIDE, seed=0):
    """Write the same for YOLO: fractions of the image; an image without objects has no file."""
    for number, shapes in enumerate(every):
        split = "train" if number % 3 else "test"
        for kind in ("images", "labels"):
            (folder / kind / split).mkdir(parents=True, exist_ok=True)
        name = f"shapes{number:03d}"
        Image.fromarray(picture(shapes, side, seed + number)).save(
            folder / f"images/{split}/{name}.png"
        )
        lines = [
            f"{CLASSES.index(label)} {(x + width / 2) / side!r} {(y + height / 2) / side!r} "
            f"{width / side!r} {height / side!r}"
            for label, x, y, width, height in shapes
        ]
        if lines:
            (folder / f"labels/{split}/{name}.txt").write_text("\n".join(lines) + "\n")
    names = "".join(f"  {number}: {name}\n" for number, name in enumerate(CLASSES))
    (folder / "data.yaml").write_text(
        f"path: .\ntrain: images/train\ntest: images/test\nnames:\n{names}"
    )


def write_table(folder, every, side=SIDE, seed=0):
    """Write the same as a table with a row a box; the row of an image without one is empty."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    lines = ["path,label,x,y,width,height,site,split"]
    for number, shapes in enumerate(every):
        name = f"images/shapes{number:03d}.png"
        Image.fromarray(picture(shapes, side, seed + number)).save(folder / name)
        of_image = f"{'north' if number % 2 else 'south'},{'train' if number % 3 else 'test'}"
        for label, *box in shapes:
            lines.append(f"{name},{label},{','.join(map(str, box))},{of_image}")
        if not shapes:
            lines.append(f"{name},,,,,,{of_image}")
    (folder / "boxes.csv").write_text("\n".join(lines) + "\n")
