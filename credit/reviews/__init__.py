"""Double-blind reviews: nobody reads the other side before both wrote or seven days passed."""
