"""How each program writes down what a picture was made with, a module a program."""
