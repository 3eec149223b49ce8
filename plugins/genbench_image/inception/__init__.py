"""The Inception network of 2015, which FID, KID and the inception score are quoted with."""
