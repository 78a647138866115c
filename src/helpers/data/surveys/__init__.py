"""What is measured of every item of a data set, by modality."""
