NAME = b"folder"
