import sys; sys.argv=['x','--bench','1']
