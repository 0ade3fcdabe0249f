#include "../Interfaces.mqh"
