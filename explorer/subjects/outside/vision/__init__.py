"""Models of `transformers` that read a picture in patches (ViT; Dosovitskiy et al., 2021)."""
