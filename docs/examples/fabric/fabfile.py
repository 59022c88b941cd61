from pathlib import Path

from invoke import Collection

from dockermap.fabric import collection
from dockermap.map.yaml import load_map_file

shop = load_map_file(Path(__file__).with_name('shop.yaml'))
ns = Collection(collection(shop))
